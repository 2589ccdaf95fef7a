from django.urls import path

from catalog.views import bench, bulk_edits, drop, files, plates, products, rates, recipes, variants

app_name = "catalog"

urlpatterns = [
    path("", products.ProductList.as_view(), name="product_list"),
    path("drop/", drop.drop_files, name="drop_files"),
    path("new/", products.ProductFormPage.as_view(), name="create_product"),
    path("import/", products.import_products, name="import_products"),
    path("edit-many/", bulk_edits.edit_products, name="edit_products"),
    path("recost/", products.recost_catalogue, name="recost"),
    path("<int:pk>/", products.ProductDetail.as_view(), name="product_detail"),
    path("suggestions/", products.ProductSuggestions.as_view(), name="product_suggestions"),
    path("<int:pk>/edit/", products.ProductFormPage.as_view(), name="edit_product"),
    path("<int:pk>/archive/", products.ArchiveProduct.as_view(), name="archive_product"),
    path("<int:pk>/restore/", products.restore_product, name="restore_product"),
    path("<int:pk>/duplicate/", products.duplicate_product, name="duplicate_product"),
    # Recipe
    path("<int:pk>/recipe/", recipes.edit_recipe, name="edit_recipe"),
    path("<int:pk>/recipe/versions/", recipes.recipe_versions, name="recipe_versions"),
    path("recipes/<int:pk>/restore/", recipes.restore_recipe, name="restore_recipe"),
    # Variants
    path("<int:pk>/variants/new/", variants.add_variant, name="add_variant"),
    path("<int:pk>/variants/colours/", variants.add_colourways, name="add_colourways"),
    path("variants/suggestions/", variants.VariantSuggestions.as_view(), name="variant_suggestions"),
    path("variants/<int:pk>/edit/", variants.edit_variant, name="edit_variant"),
    path("variants/<int:pk>/archive/", variants.archive_variant, name="archive_variant"),
    path("variants/<int:pk>/restore/", variants.restore_variant, name="restore_variant"),
    # Pictures and files
    path("<int:pk>/photos/add/", files.add_photo, name="add_photo"),
    path("photos/<int:pk>/", files.photo, name="photo"),
    path("photos/<int:pk>/first/", files.make_first_photo, name="make_first_photo"),
    path("photos/<int:pk>/remove/", files.remove_photo, name="remove_photo"),
    path("sliced/<int:pk>/picture/", files.slice_picture, name="slice_picture"),
    path("sliced/<int:pk>/file/", files.slice_download, name="slice_download"),
    # Plates
    path("plates/", plates.PlateList.as_view(), name="plate_list"),
    path("plates/import/", plates.import_plates, name="import_plates"),
    path("plates/new/", plates.create_plate, name="create_plate"),
    path("plates/<int:pk>/", plates.PlateDetail.as_view(), name="plate_detail"),
    path("plates/<int:pk>/edit/", plates.edit_plate, name="edit_plate"),
    path("plates/<int:pk>/files/add/", plates.add_slice_file, name="add_slice_file"),
    path("plates/<int:pk>/archive/", plates.ArchivePlate.as_view(), name="archive_plate"),
    path("plates/<int:pk>/restore/", plates.restore_plate, name="restore_plate"),
    path("plates/<int:pk>/recipe/", plates.recipe_from_plate, name="recipe_from_plate"),
    # The bench
    path("variants/<int:pk>/build/", bench.build_variant, name="build_variant"),
    path("builds/", bench.BuildList.as_view(), name="build_list"),
    path("builds/<int:pk>/", bench.BuildDetail.as_view(), name="build_detail"),
    path("builds/<int:pk>/undo/", bench.UndoBuild.as_view(), name="undo_build"),
    path("compare/", bench.compare_products, name="compare_products"),
    path("used/<int:pk>/", bench.where_used, name="where_used"),
    # What costs stand on
    path("rates/", rates.rate_list, name="rate_list"),
    path("costs/", rates.CostChanges.as_view(), name="cost_changes"),
    path("rates/set/", rates.set_rate, name="set_rate"),
    path("printer-models/", rates.PrinterModelList.as_view(), name="printer_model_list"),
    path("printer-models/choose/", rates.pick_presets, name="pick_presets"),
    path("printer-models/new/", rates.PrinterModelFormPage.as_view(), name="create_printer_model"),
    path("printer-models/<int:pk>/", rates.PrinterModelDetail.as_view(), name="printer_model_detail"),
    path("printer-models/<int:pk>/edit/", rates.PrinterModelFormPage.as_view(), name="edit_printer_model"),
    path("printer-models/<int:pk>/default/", rates.make_default_printer_model, name="make_default_printer_model"),
    path("printer-models/<int:pk>/archive/", rates.ArchivePrinterModel.as_view(), name="archive_printer_model"),
    path("licences/", rates.LicenceList.as_view(), name="licence_list"),
    path("licences/new/", rates.LicenceFormPage.as_view(), name="create_licence"),
    path("licences/<int:pk>/edit/", rates.LicenceFormPage.as_view(), name="edit_licence"),
    path("licences/<int:pk>/proof/", files.licence_proof, name="licence_proof"),
]
